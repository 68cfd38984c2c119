"""The brief: questions asked of every room, and where each figure stands in its answer."""
