"""Helps who writes post files: begins new ones, mends what is mistyped, and tells editors what each setting takes."""
