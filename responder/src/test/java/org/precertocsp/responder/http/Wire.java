package org.precertocsp.responder.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.precertocsp.ocsp.Octets;

/// A bare socket that speaks HTTP as badly as a test wants.
final class Wire implements AutoCloseable {
    /// @param fields by lower-case name
    record Reply(int status, Map<String, String> fields, Octets body) {
        String field(String name) {
            return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "(absent)");
        }
    }

    private final Socket socket;

    Wire(InetSocketAddress address) {
        socket = new Socket();
        try {
            socket.connect(address, 5000);
            socket.setSoTimeout(8000);
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
        return reply(true);
    }

    /// The reply to a HEAD announces a body it does not have.
    Reply replyToHead() {
        return reply(false);
    }

    private Reply reply(boolean withBody) {
        try {
            String[] status = line().split(" ", 3);
            Map<String, String> fields = new TreeMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                fields.put(name, line.substring(colon + 1).strip());
            }
            int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
            byte[] body = withBody ? socket.getInputStream().readNBytes(length) : new byte[0];
            return new Reply(Integer.parseInt(status[1]), fields, Octets.of(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until the server ends the connection; true if it sent nothing before.
    boolean endsSilently() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
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
