"""One sector with roundabout production."""
