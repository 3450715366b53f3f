# The program alone.  raw/, processed/ and settings.toml are the host's, mounted at /data: docs/operating.md.
FROM python:3.12-slim

# Wheels only, each with its hash: nothing is compiled, so no compiler is needed or left behind.
COPY requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
      --only-binary :all: --require-hashes --no-deps --compile -r /tmp/requirements.lock \
 && rm /tmp/requirements.lock

COPY pipeline /usr/local/lib/python3.12/site-packages/pipeline
RUN python -m compileall -q /usr/local/lib/python3.12/site-packages/pipeline \
 && printf '#!/bin/sh\nexec python -P -m pipeline "$@"\n' >/usr/local/bin/ihk \
 && chmod 755 /usr/local/bin/ihk \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ihk \
 && install --directory --owner 10001 --group 10001 /data

# matplotlib wants a directory that it may write to; the user has no home.
ENV PYTHONDONTWRITEBYTECODE=1 MPLCONFIGDIR=/tmp
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["ihk"]
CMD ["--help"]
