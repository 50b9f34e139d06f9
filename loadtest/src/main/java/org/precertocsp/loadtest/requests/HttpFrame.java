package org.precertocsp.loadtest.requests;

import java.nio.charset.StandardCharsets;

/// The HTTP around a request.
record HttpFrame(Target target, boolean keepAlive) {
    /// What stands before the encoded request of a GET.
    byte[] getStart() {
        return octets("GET " + target.path());
    }

    /// What stands after it.
    byte[] getEnd() {
        return octets(" HTTP/1.1\r\n" + common() + "\r\n");
    }

    /// All that stands before the body of a POST.
    byte[] postHead(int bodyLength) {
        return octets(
                "POST "
                        + target.path()
                        + " HTTP/1.1\r\n"
                        + common()
                        + "Content-Type: application/ocsp-request\r\nContent-Length: "
                        + bodyLength
                        + "\r\n\r\n");
    }

    private String common() {
        return "Host: " + target.authority() + "\r\n" + (keepAlive ? "" : "Connection: close\r\n");
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
