"""The English of resolutions: verbs, actors, objects, recipients, circumstances; what obligations are read with."""
