package org.precertocsp.loadtest.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// nginx that answers every GET with as many bytes as our own reply has.
///
/// Configured for speed: one worker, no log, one file for every path, no file lookups after the
/// first, no modules in between.
///
/// @param fill bytes in the `ETag` it sends, chosen so that its whole reply is as long as ours
public record NginxPeer(InstalledProgram program, Source source, RawHttpExchange ours, int fill)
        implements Peer {
    /// The source of the body.
    public enum Source {
        /// A file, by `open_file_cache`.
        FILE,
        /// The configuration, by `return`. A string there may contain any byte, NUL too, but a
        /// dollar begins a variable: each is written as a variable whose value is a dollar.
        MEMORY
    }

    public static Optional<InstalledProgram> installed() {
        return InstalledProgram.find("nginx");
    }

    /// With a reply exactly as long as `ours`, as far as its own fields allow: the shortest has an
    /// `ETag` of two quotes.
    ///
    /// @param plain its reply with a fill of 0
    public NginxPeer filled(RawHttpExchange plain) {
        return new NginxPeer(program, source, ours, Math.max(0, ours.length() - plain.length()));
    }

    @Override
    public String name() {
        return source == Source.FILE ? "nginx file" : "nginx return";
    }

    @Override
    public String version() {
        return program.firstLine("-v");
    }

    @Override
    public List<String> prepare(Path directory, int port) throws PeerException {
        Path response = directory.resolve("response.der");
        Path configuration = directory.resolve("nginx.conf");
        try {
            Files.write(response, ours.body().toArray());
            // One byte for each character, so that the response passes as it is.
            Files.writeString(
                    configuration, configuration(port, response), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new PeerException("writing " + directory + ": " + e.getMessage(), e);
        }
        return List.of(
                program.file().toString(),
                "-p",
                directory + "/",
                "-e",
                "stderr",
                "-c",
                configuration.toString());
    }

    private String configuration(int port, Path response) {
        // If root starts nginx, its worker runs as user "nobody", who may not read our directory.
        String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
        return """
        %sdaemon off;
        pid nginx.pid;
        error_log stderr error;
        worker_processes 1;
        worker_rlimit_nofile 20000;
        events { worker_connections 10000; multi_accept on; }
        http {
          access_log off;
          server_tokens off;
          # One small file: sendfile would cost system calls more than it spares.
          sendfile off;
          tcp_nodelay on;
          output_buffers 1 32k;
          keepalive_requests 1000000000;
          keepalive_timeout 600s;
          etag off;
          max_ranges 0;
          open_file_cache max=1000 inactive=1h;
          open_file_cache_valid 1h;
          open_file_cache_min_uses 1;
          types {}
          geo $dollar { default "$"; }
          default_type application/ocsp-response;
          server {
            listen 127.0.0.1:%d backlog=4096;
            merge_slashes off;
            add_header Cache-Control "%s";
            add_header ETag '"%s"';
            %s
          }
        }
        """
                .formatted(
                        user,
                        port,
                        ours.field("Cache-Control").orElse("no-store"),
                        "e".repeat(fill),
                        location(response));
    }

    private String location(Path response) {
        return switch (source) {
            // Only with a regular expression can alias name one file for every path.
            case FILE -> "location ~ ^/ { alias %s; }".formatted(response);
            case MEMORY -> "location / { return 200 \"%s\"; }".formatted(quoted());
        };
    }

    private String quoted() {
        return new String(ours.body().toArray(), StandardCharsets.ISO_8859_1)
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("$", "${dollar}");
    }
}
