package org.precertocsp.loadtest.requests;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A request complete but for its serial and nonce.
sealed interface RequestTemplate {
    /// @param serial as many bytes as the template is for
    void fill(byte[] serial, long random, EncodedRequest into);

    /// A GET: the DER is base64 in the path, with the three characters escaped that a path would
    /// read otherwise (RFC 6960 §A.1). What stands before the serial is encoded once.
    final class Get implements RequestTemplate {
        private static final byte[] ALPHABET =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                        .getBytes(StandardCharsets.ISO_8859_1);

        private final RequestDer der;
        private final byte[] start;
        private final byte[] end;

        /// The request, patched in place for every use: a template belongs to one thread.
        private final byte[] scratch;

        /// Bytes of the DER that `start` already holds, a multiple of three.
        private final int encoded;

        Get(RequestDer der, Frame frame) {
            this.der = der;
            this.scratch = new byte[der.length()];
            der.copyTo(scratch, 0);
            this.encoded = der.serialAt() / 3 * 3;
            byte[] path = frame.getStart();
            byte[] longest = new byte[path.length + 4 * encoded];
            System.arraycopy(path, 0, longest, 0, path.length);
            int length = encode(scratch, 0, encoded, longest, path.length);
            this.start = Arrays.copyOf(longest, length);
            this.end = frame.getEnd();
        }

        @Override
        public void fill(byte[] serial, long random, EncodedRequest into) {
            der.patch(serial, random, scratch, 0);
            into.reserve(start.length + 4 * (scratch.length - encoded + 2) + end.length);
            byte[] bytes = into.bytes;
            System.arraycopy(start, 0, bytes, 0, start.length);
            int at = encode(scratch, encoded, scratch.length, bytes, start.length);
            System.arraycopy(end, 0, bytes, at, end.length);
            into.length = at + end.length;
        }

        private static int encode(byte[] from, int begin, int end, byte[] into, int offset) {
            int at = offset;
            int i = begin;
            for (; i + 2 < end; i += 3) {
                int group =
                        (from[i] & 0xFF) << 16 | (from[i + 1] & 0xFF) << 8 | (from[i + 2] & 0xFF);
                at = put(group >>> 18, into, at);
                at = put(group >>> 12 & 63, into, at);
                at = put(group >>> 6 & 63, into, at);
                at = put(group & 63, into, at);
            }
            return i < end ? encodeLast(from, i, end, into, at) : at;
        }

        private static int encodeLast(byte[] from, int i, int end, byte[] into, int offset) {
            boolean two = end - i == 2;
            int group = (from[i] & 0xFF) << 16 | (two ? (from[i + 1] & 0xFF) << 8 : 0);
            int at = put(group >>> 18, into, offset);
            at = put(group >>> 12 & 63, into, at);
            at = two ? put(group >>> 6 & 63, into, at) : escape('3', 'D', into, at);
            return escape('3', 'D', into, at);
        }

        private static int put(int sextet, byte[] into, int at) {
            if (sextet < 62) {
                into[at] = ALPHABET[sextet];
                return at + 1;
            }
            return sextet == 62 ? escape('2', 'B', into, at) : escape('2', 'F', into, at);
        }

        private static int escape(char high, char low, byte[] into, int at) {
            into[at] = '%';
            into[at + 1] = (byte) high;
            into[at + 2] = (byte) low;
            return at + 3;
        }
    }

    /// A POST: the DER stands in the body as it is.
    final class Post implements RequestTemplate {
        private final RequestDer der;
        private final byte[] whole;
        private final int bodyAt;

        Post(RequestDer der, Frame frame) {
            this.der = der;
            byte[] head = frame.postHead(der.length());
            bodyAt = head.length;
            whole = new byte[bodyAt + der.length()];
            System.arraycopy(head, 0, whole, 0, bodyAt);
            der.copyTo(whole, bodyAt);
        }

        @Override
        public void fill(byte[] serial, long random, EncodedRequest into) {
            into.reserve(whole.length);
            System.arraycopy(whole, 0, into.bytes, 0, whole.length);
            der.patch(serial, random, into.bytes, bodyAt);
            into.length = whole.length;
        }
    }

    /// The HTTP around a request.
    record Frame(Target target, boolean keepAlive) {
        /// What stands before the encoded request of a GET.
        byte[] getStart() {
            return bytes("GET " + target.path());
        }

        /// What stands after it.
        byte[] getEnd() {
            return bytes(" HTTP/1.1\r\n" + common() + "\r\n");
        }

        /// All that stands before the body of a POST.
        byte[] postHead(int bodyLength) {
            return bytes(
                    "POST "
                            + target.path()
                            + " HTTP/1.1\r\n"
                            + common()
                            + "Content-Type: application/ocsp-request\r\nContent-Length: "
                            + bodyLength
                            + "\r\n\r\n");
        }

        private String common() {
            return "Host: "
                    + target.authority()
                    + "\r\n"
                    + (keepAlive ? "" : "Connection: close\r\n");
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }
}
