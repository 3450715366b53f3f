"""Mutates pages whose content is known, and scores how the pipeline reads what comes out."""
