"""Rules as generators: each looks at one thing and yields findings, also where all is well."""
