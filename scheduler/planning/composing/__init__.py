"""What goes out: text, pictures, hashtags, card and all that stands around them."""
