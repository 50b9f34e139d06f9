package org.precertocsp.responder.cluster.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.precertocsp.responder.cluster.ClusterConfig.Snapshots.Location;
import org.precertocsp.responder.io.FileCopier;
import org.precertocsp.responder.io.HttpClients;

/// Where snapshots are read from: a directory as [SnapshotDirectory] has it, on this machine or
/// served over HTTP. What it returns is not verified.
interface SnapshotSource extends AutoCloseable {
    /// More than any authority keeps.
    int MOST = 1_000;

    /// Names of snapshots, the newest first. The name is empty if the source is one itself.
    List<String> names() throws IOException, InterruptedException;

    /// A small file of a snapshot.
    ///
    /// @throws IOException it cannot be read, or has more bytes than `most`
    byte[] small(String name, String file, int most) throws IOException, InterruptedException;

    /// Copies a file of a snapshot.
    ///
    /// @param to does not exist yet
    /// @param most bytes to copy; the file may have fewer
    FileCopier.Copied copy(String name, String file, Path to, long most, FileCopier copier)
            throws IOException, InterruptedException;

    /// Names a snapshot in messages.
    String describe(String name);

    @Override
    void close();

    static SnapshotSource of(Location location) {
        return switch (location) {
            case Location.Directory(Path path) -> new Directory(path);
            case Location.Web(URI url) -> new Web(url);
        };
    }

    /// A directory, or one snapshot.
    record Directory(Path path) implements SnapshotSource {
        @Override
        public List<String> names() throws IOException {
            return Files.isRegularFile(path.resolve(SnapshotManifest.FILE))
                    ? List.of("")
                    : new SnapshotDirectory(path).names();
        }

        @Override
        public byte[] small(String name, String file, int most) throws IOException {
            Path from = path.resolve(name).resolve(file);
            try (InputStream in = Files.newInputStream(from)) {
                return atMost(in, most, from.toString());
            }
        }

        @Override
        public FileCopier.Copied copy(
                String name, String file, Path to, long most, FileCopier copier)
                throws IOException {
            return copier.copy(path.resolve(name).resolve(file), to, most);
        }

        @Override
        public String describe(String name) {
            return path.resolve(name).toString();
        }

        @Override
        public void close() {}
    }

    private static byte[] atMost(InputStream in, int most, String what) throws IOException {
        byte[] bytes = in.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new IOException("%s has more than %d bytes".formatted(what, most));
        }
        return bytes;
    }

    /// A web server. A file that was cut short is requested again, a few times. A reply without a
    /// byte for half a minute is cut short.
    final class Web implements SnapshotSource {
        private static final Duration CONNECT = Duration.ofSeconds(10);
        private static final Duration SILENCE = Duration.ofSeconds(30);
        private static final int TRIES = 4;
        private static final int OK = 200;
        private static final Duration PAUSE = Duration.ofMillis(500);
        private static final int INDEX_BYTES = MOST * 64;

        private final URI url;
        private final Duration pause;
        private final HttpClient client = HttpClients.builder(CONNECT).build();
        private final ScheduledExecutorService watch =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("snapshot-watch").factory());

        Web(URI url) {
            this(url, PAUSE);
        }

        /// @param pause after the first failure; after each other one it is twice as long
        Web(URI url, Duration pause) {
            this.url = url.toString().endsWith("/") ? url : URI.create(url + "/");
            this.pause = pause;
        }

        private interface Reader<T> {
            T read(InputStream in) throws IOException;
        }

        @Override
        public List<String> names() throws IOException, InterruptedException {
            byte[] index =
                    retry(
                            SnapshotDirectory.INDEX,
                            in -> atMost(in, INDEX_BYTES, SnapshotDirectory.INDEX));
            List<String> names = new ArrayList<>();
            for (String line : new String(index, StandardCharsets.US_ASCII).lines().toList()) {
                if (SnapshotDirectory.isName(line.strip()) && names.size() < MOST) {
                    names.add(line.strip());
                }
            }
            if (names.isEmpty()) {
                throw new IOException(
                        "%s lists no snapshot: is it what an authority has in cluster.snapshots.directory?"
                                .formatted(url.resolve(SnapshotDirectory.INDEX)));
            }
            return names;
        }

        @Override
        public byte[] small(String name, String file, int most)
                throws IOException, InterruptedException {
            return retry(name + "/" + file, in -> atMost(in, most, file));
        }

        @Override
        public FileCopier.Copied copy(
                String name, String file, Path to, long most, FileCopier copier)
                throws IOException, InterruptedException {
            return retry(
                    name + "/" + file,
                    in -> {
                        Files.deleteIfExists(to);
                        return copier.copy(in, to, most);
                    });
        }

        private <T> T retry(String path, Reader<T> reader)
                throws IOException, InterruptedException {
            Duration rest = pause;
            for (int attempt = 1; ; attempt++) {
                try {
                    return get(url.resolve(path), reader);
                } catch (IOException e) {
                    if (attempt == TRIES) {
                        throw new IOException(
                                "%s: %s"
                                        .formatted(
                                                url.resolve(path),
                                                e.getMessage() == null ? e : e.getMessage()),
                                e);
                    }
                }
                Thread.sleep(rest);
                rest = rest.multipliedBy(2);
            }
        }

        private <T> T get(URI address, Reader<T> reader) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(address)
                            .timeout(SILENCE)
                            .header("User-Agent", HttpClients.USER_AGENT)
                            .build();
            HttpResponse<InputStream> reply =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = new WatchedStream(reply.body())) {
                if (reply.statusCode() != OK) {
                    throw new IOException("the server replied " + reply.statusCode());
                }
                return reader.read(in);
            }
        }

        /// Closes a stream whose sender is silent, which ends a blocked read.
        private final class WatchedStream extends InputStream {
            private final InputStream in;
            private final AtomicLong newest = new AtomicLong(System.nanoTime());
            private final ScheduledFuture<?> watching;

            WatchedStream(InputStream in) {
                this.in = in;
                this.watching =
                        watch.scheduleWithFixedDelay(
                                this::look,
                                SILENCE.toMillis(),
                                SILENCE.toMillis() / 4,
                                TimeUnit.MILLISECONDS);
            }

            private void look() {
                if (System.nanoTime() - newest.get() > SILENCE.toNanos()) {
                    try {
                        close();
                    } catch (IOException _) {
                        // The reader gets its own exception.
                    }
                }
            }

            @Override
            public int read() throws IOException {
                return in.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = in.read(bytes, offset, length);
                newest.set(System.nanoTime());
                return read;
            }

            @Override
            public void close() throws IOException {
                watching.cancel(false);
                in.close();
            }
        }

        @Override
        public String describe(String name) {
            return url.resolve(name).toString();
        }

        @Override
        public void close() {
            watch.shutdownNow();
            client.shutdownNow();
        }
    }
}
