"""What other projects' trainers and clients use. Each module needs the extra of its name."""
