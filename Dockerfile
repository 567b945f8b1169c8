# One image for web, workers, beat and migrate; compose.yaml and docs/deploy.md show the commands.

FROM python:3.13-slim AS packages
# requirements-telemetry.txt adds traces for OpenTelemetry, requirements-clouds.txt also Bedrock and Vertex.
ARG REQUIREMENTS=requirements.txt
WORKDIR /app
RUN python -m venv /venv
COPY ${REQUIREMENTS} requirements.txt
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement requirements.txt

FROM python:3.13-slim
# The LLM clients trust the system's certificates.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin playground
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=playground.settings
RUN python manage.py collectstatic --no-input --verbosity 0
USER playground
EXPOSE 8000
# Open streams get 20 s to end when the container is stopped; a browser then goes on at another one.
CMD ["uvicorn", "playground.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--loop", "uvloop", "--http", "httptools", "--lifespan", "off", "--no-access-log", "--no-server-header", \
     "--no-proxy-headers", "--timeout-graceful-shutdown", "20"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "playground.up.healthcheck"]
