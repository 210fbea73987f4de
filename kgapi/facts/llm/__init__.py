"""Facts by a language model of the user's own, believed as far as the text bears them out."""
