"""What leaves flowmap as files."""
