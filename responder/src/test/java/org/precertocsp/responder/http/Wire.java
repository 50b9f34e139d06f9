package org.precertocsp.responder.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;

/// A bare socket that speaks HTTP as badly as a test wants.
final class Wire implements AutoCloseable {
    /// @param fields by lower-case name
    record Reply(int status, Map<String, String> fields, ByteString body) {
        String field(String name) {
            return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "(absent)");
        }
    }

    /// Longer than a busy machine needs; no test waits for it to pass.
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    Wire(InetSocketAddress address) {
        this(address, null);
    }

    /// @param from an address of this machine; null for any
    Wire(InetSocketAddress address, @Nullable InetAddress from) {
        socket = new Socket();
        try {
            if (from != null) {
                socket.bind(new InetSocketAddress(from, 0));
            }
            socket.connect(address, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Wire send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] octets) {
        try {
            socket.getOutputStream().write(octets);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Wire endOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Reply reply() {
        return reply(length -> in.readNBytes(length));
    }

    /// The reply to a HEAD announces a body it does not have.
    Reply replyToHead() {
        return reply(_ -> new byte[0]);
    }

    /// All replies until the server ends the connection, whatever was asked. Where a reply
    /// announces a body and the next reply follows, it was one to a HEAD: no body of ours begins as
    /// a reply does.
    List<Reply> replies() {
        List<Reply> replies = new ArrayList<>();
        try {
            while (true) {
                replies.add(reply(length -> replyFollows() ? new byte[0] : in.readNBytes(length)));
            }
        } catch (UncheckedIOException _) {
            return replies;
        }
    }

    private boolean replyFollows() throws IOException {
        in.mark(1);
        int next = in.read();
        in.reset();
        return next == 'H';
    }

    private interface Body {
        byte[] read(int length) throws IOException;
    }

    private Reply reply(Body body) {
        try {
            String[] status = line().split(" ", 3);
            Map<String, String> fields = new TreeMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                fields.put(name, line.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
            ByteString octets = length == 0 ? ByteString.of() : ByteString.of(body.read(length));
            return new Reply(Integer.parseInt(status[1]), fields, octets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until the server ends the connection; true if it sent nothing before.
    boolean endsSilently() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new IOException("the server ended the connection");
            }
            if (octet != '\r') {
                line.write(octet);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
