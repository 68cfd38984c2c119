"""The brief in words: a file for each section, written of other commands' answers and nothing else."""
