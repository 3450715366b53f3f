"""An unknown page -> a proposed listing spec: labels that repeat, how they begin, what they hold."""
