"""The mutations: each changes one thing of a page whose content is known."""
