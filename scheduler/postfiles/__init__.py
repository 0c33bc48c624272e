"""Turns the folder of post files into posts and findings; the only reader of posts/."""
