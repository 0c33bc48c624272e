"""Makes a static site of published posts: facts in items, pages and feeds drawn from them."""
