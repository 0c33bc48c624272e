"""How deliveries stand and what became of them, as people read it."""
