"""The words of the project as frozen records; standard library only, no behaviour beyond small properties."""
