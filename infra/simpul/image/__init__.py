"""The city's own images: what each is made of (recipe), and building it (build)."""
