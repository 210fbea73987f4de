"""How much a name, and what is known besides, speaks for an entity: values in, values out."""
