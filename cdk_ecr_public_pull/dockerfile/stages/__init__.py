"""From instructions to stages, and to the images that these take something from."""
