# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/kgapi
COPY . .
RUN /opt/kgapi/bin/python -m pip install --no-cache-dir --no-compile .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/kgapi kgapi \
    && install -d -o kgapi -g kgapi /var/lib/kgapi/store
COPY --from=build /opt/kgapi /opt/kgapi
ENV PATH=/opt/kgapi/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    KGAPI_STORE=/var/lib/kgapi/store
USER 10001
WORKDIR /var/lib/kgapi
VOLUME /var/lib/kgapi/store
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# In the container the server must listen on all addresses; what reaches it is up to `docker run -p`.
ENTRYPOINT ["kgapi"]
CMD ["serve", "--host", "0.0.0.0"]
