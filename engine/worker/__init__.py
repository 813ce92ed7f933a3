"""The process that computes with torch on a window's behalf, and what the two say to each other."""
