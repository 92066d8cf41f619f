"""What the templates of conversations need beside Django's own."""
