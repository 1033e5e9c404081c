# docker build -t hebbridge . && docker run --rm --init -it hebbridge
FROM node:22-slim AS build
WORKDIR /hebbridge
COPY package.json package-lock.json .npmrc ./
# Scripts wait until the sources are there: `prepare` is the build.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY policy policy
COPY sim sim
COPY bridge bridge
COPY launch launch
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
ENV NODE_ENV=production
COPY --from=build /hebbridge/package.json /hebbridge/package.json
COPY --from=build /hebbridge/node_modules /hebbridge/node_modules
COPY --from=build /hebbridge/dist /hebbridge/dist
COPY rules /hebbridge/rules
COPY launch/parameters /hebbridge/launch/parameters
RUN chmod +x /hebbridge/dist/launch/main.js && ln -s /hebbridge/dist/launch/main.js /usr/local/bin/hebbridge
USER node
# Where commands read and write when a folder is mounted here.
WORKDIR /work
ENTRYPOINT ["hebbridge"]
CMD ["demo"]
