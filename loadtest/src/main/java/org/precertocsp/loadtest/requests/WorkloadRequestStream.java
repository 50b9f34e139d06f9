package org.precertocsp.loadtest.requests;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.der.DerTag;
import org.precertocsp.der.DerWriter;
import org.precertocsp.loadtest.requests.RequestDescription.Method;
import org.precertocsp.loadtest.requests.WorkloadRequestStream.TemplateRequestEncoder.HttpRequestTemplate;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.ocsp.Nonce;
import org.precertocsp.ocsp.Serial;

/// Requests for a population in a given mix.
final class WorkloadRequestStream implements RequestStream {
    /// RFC 9654 §2.1 recommends 32.
    static final int NONCE_BYTES = 32;

    private static final int SHARE_BITS = 16;
    private static final int WHOLE = 1 << SHARE_BITS;

    private final SerialPopulation population;
    private final Workload workload;

    /// The row of the assigned serials that the n-th request is for.
    private final LongToIntFunction order;

    private final int getBelow;
    private final int sha256Below;
    private final int nonceBelow;
    private final int unassignedBelow;

    WorkloadRequestStream(SerialPopulation population, Workload workload) {
        this.population = population;
        this.workload = workload;
        Workload.Shares shares = workload.shares();
        getBelow = threshold(shares.get());
        sha256Below = threshold(shares.sha256());
        nonceBelow = threshold(shares.nonce());
        unassignedBelow = threshold(shares.unassigned());
        requireRows("assigned", population.assigned(), unassignedBelow < WHOLE);
        requireRows("unassigned", population.unassigned(), unassignedBelow > 0);
        order = order(workload, Math.max(1, population.assigned().size()));
    }

    private static LongToIntFunction order(Workload workload, int rows) {
        return switch (workload.order()) {
            case Workload.Order.Sequential _ -> index -> (int) (index % rows);
            case Workload.Order.Zipf zipf ->
                    new ZipfDistribution(zipf.skew(), rows, workload.seed())::row;
        };
    }

    private static int threshold(double share) {
        return (int) Math.round(share * WHOLE);
    }

    private static void requireRows(String which, SerialTable table, boolean included) {
        if (included && table.size() == 0) {
            throw new IllegalArgumentException("there is no " + which + " serial to request");
        }
    }

    @Override
    public RequestEncoder encoder(TargetUrl target, boolean keepAlive) {
        return new TemplateRequestEncoder(this, population.issuer().key(), target, keepAlive);
    }

    @Override
    public RequestDescription question(long index) {
        long random = random(index);
        SerialTable table = table(random);
        int row = row(random, index);
        int kind = kind(random, table.expected(row));
        return new RequestDescription(
                table.serial(row),
                table.expected(row),
                EncodedRequest.isGet(kind) ? Method.GET : Method.POST,
                EncodedRequest.isSha256(kind) ? HashAlgorithm.SHA256 : HashAlgorithm.SHA1,
                EncodedRequest.hasNonce(kind) ? Optional.of(nonceOf(random)) : Optional.empty());
    }

    private static Nonce nonceOf(long random) {
        byte[] bytes = new byte[NONCE_BYTES];
        writeNonce(random, bytes, 0);
        return new Nonce(ByteString.of(bytes));
    }

    long random(long index) {
        return CounterBasedRandom.of(workload.seed(), index);
    }

    // Each share looks at other bits of the same random number, so that they are independent.
    int kind(long random, ExpectedStatus expected) {
        return EncodedRequest.kind(
                expected,
                bits(random, 0) < getBelow,
                bits(random, 1) < sha256Below,
                bits(random, 2) < nonceBelow);
    }

    private boolean asksUnassigned(long random) {
        return bits(random, 3) < unassignedBelow;
    }

    private static int bits(long random, int which) {
        return (int) (random >>> (which * SHARE_BITS)) & (WHOLE - 1);
    }

    SerialTable table(long random) {
        return asksUnassigned(random) ? population.unassigned() : population.assigned();
    }

    int row(long random, long index) {
        return asksUnassigned(random)
                ? (int) (index % population.unassigned().size())
                : order.applyAsInt(index);
    }

    static void writeNonce(long random, byte[] into, int offset) {
        for (int i = 0; i < NONCE_BYTES; i += Long.BYTES) {
            long word = CounterBasedRandom.of(random, i);
            for (int j = 0; j < Long.BYTES; j++) {
                into[offset + i + j] = (byte) (word >>> (8 * j));
            }
        }
    }

    /// Patches serial and nonce into a prepared request of the same form and serial length, a few
    /// dozen nanoseconds for a POST and about twice that for a GET.
    static final class TemplateRequestEncoder implements RequestEncoder {
        private static final int FORMS = 8;
        private static final int LENGTHS = Serial.MAX_BYTES + 2;

        private final WorkloadRequestStream stream;
        private final IssuerKey issuer;
        private final TargetUrl target;
        private final boolean keepAlive;
        private final @Nullable HttpRequestTemplate[] templates =
                new HttpRequestTemplate[FORMS * LENGTHS];
        private final byte[] serial = new byte[Serial.MAX_BYTES + 1];

        TemplateRequestEncoder(
                WorkloadRequestStream stream,
                IssuerKey issuer,
                TargetUrl target,
                boolean keepAlive) {
            this.stream = stream;
            this.issuer = issuer;
            this.target = target;
            this.keepAlive = keepAlive;
        }

        @Override
        public void encode(long index, EncodedRequest into) {
            long random = stream.random(index);
            SerialTable table = stream.table(random);
            int row = stream.row(random, index);
            int length = table.copy(row, serial, 0);
            int kind = stream.kind(random, table.expected(row));
            HttpRequestTemplate template = template(kind, length);
            into.kind = kind;
            template.fill(serial, random, into);
        }

        private HttpRequestTemplate template(int kind, int serialLength) {
            int at = EncodedRequest.form(kind) * LENGTHS + serialLength;
            HttpRequestTemplate template = templates[at];
            if (template == null) {
                template = prepare(kind, serialLength);
                templates[at] = template;
            }
            return template;
        }

        private HttpRequestTemplate prepare(int kind, int serialLength) {
            HashAlgorithm hash =
                    EncodedRequest.isSha256(kind) ? HashAlgorithm.SHA256 : HashAlgorithm.SHA1;
            OcspRequestTemplate der =
                    OcspRequestTemplate.of(
                            issuer, hash, serialLength, EncodedRequest.hasNonce(kind));
            HttpRequestTemplate.Frame frame = new HttpRequestTemplate.Frame(target, keepAlive);
            return EncodedRequest.isGet(kind)
                    ? new HttpRequestTemplate.Get(der, frame)
                    : new HttpRequestTemplate.Post(der, frame);
        }

        /// A complete request except for its serial and nonce.
        sealed interface HttpRequestTemplate {
            /// @param serial with the length that the template is for
            void fill(byte[] serial, long random, EncodedRequest into);

            /// A GET: the DER is base64 in the path, with the three characters escaped that have a
            /// meaning in a path (RFC 6960 §A.1). The part before the serial is encoded once.
            final class Get implements HttpRequestTemplate {
                private static final byte[] ALPHABET =
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                                .getBytes(StandardCharsets.ISO_8859_1);

                private final OcspRequestTemplate der;
                private final byte[] start;
                private final byte[] end;

                /// The request, patched in place for every use: a template belongs to one thread.
                private final byte[] scratch;

                /// Bytes of the DER that `start` already contains, a multiple of three.
                private final int encoded;

                Get(OcspRequestTemplate der, Frame frame) {
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

                private static int encode(
                        byte[] from, int begin, int end, byte[] into, int offset) {
                    int at = offset;
                    int i = begin;
                    for (; i + 2 < end; i += 3) {
                        int group =
                                (from[i] & 0xFF) << 16
                                        | (from[i + 1] & 0xFF) << 8
                                        | (from[i + 2] & 0xFF);
                        at = put(group >>> 18, into, at);
                        at = put(group >>> 12 & 63, into, at);
                        at = put(group >>> 6 & 63, into, at);
                        at = put(group & 63, into, at);
                    }
                    return i < end ? encodeLast(from, i, end, into, at) : at;
                }

                private static int encodeLast(
                        byte[] from, int i, int end, byte[] into, int offset) {
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

            /// A POST: the body is the DER, unchanged.
            final class Post implements HttpRequestTemplate {
                private final OcspRequestTemplate der;
                private final byte[] whole;
                private final int bodyAt;

                Post(OcspRequestTemplate der, Frame frame) {
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
            record Frame(TargetUrl target, boolean keepAlive) {
                /// The part before the encoded request of a GET.
                byte[] getStart() {
                    return bytes("GET " + target.path());
                }

                /// The part after it.
                byte[] getEnd() {
                    return bytes(" HTTP/1.1\r\n" + common() + "\r\n");
                }

                /// The part before the body of a POST.
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
    }

    /// An OCSPRequest (RFC 6960 §4.1.1) for one serial of a given length, with placeholders for
    /// serial and nonce.
    static final class OcspRequestTemplate {
        private static final int EXTENSIONS = DerTag.context(2);

        /// The AlgorithmIdentifiers, with the NULL that most clients write.
        private static final String SHA1 = "300906052b0e03021a0500";

        private static final String SHA256 = "300d06096086480165030402010500";

        /// id-pkix-ocsp-nonce as an OBJECT IDENTIFIER.
        private static final String NONCE = "06092b0601050507300102";

        private final byte[] bytes;
        private final int serialAt;
        private final int serialLength;

        /// -1 without a nonce; it is the request's end otherwise.
        private final int nonceAt;

        private OcspRequestTemplate(byte[] bytes, int serialAt, int serialLength, int nonceAt) {
            this.bytes = bytes;
            this.serialAt = serialAt;
            this.serialLength = serialLength;
            this.nonceAt = nonceAt;
        }

        static OcspRequestTemplate of(
                IssuerKey issuer, HashAlgorithm hash, int serialLength, boolean nonce) {
            byte[] certId =
                    DerWriter.encode(
                            DerTag.SEQUENCE,
                            hex(hash == HashAlgorithm.SHA256 ? SHA256 : SHA1),
                            DerWriter.encode(DerTag.OCTET_STRING, issuer.nameHash(hash).toArray()),
                            DerWriter.encode(DerTag.OCTET_STRING, issuer.keyHash(hash).toArray()),
                            DerWriter.encode(DerTag.INTEGER, new byte[serialLength]));
            byte[] list =
                    DerWriter.encode(DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, certId));
            byte[] extensions = nonce ? nonceExtension() : new byte[0];
            byte[] whole =
                    DerWriter.encode(
                            DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, list, extensions));
            return new OcspRequestTemplate(
                    whole,
                    whole.length - extensions.length - serialLength,
                    serialLength,
                    nonce ? whole.length - WorkloadRequestStream.NONCE_BYTES : -1);
        }

        private static byte[] nonceExtension() {
            byte[] value =
                    DerWriter.encode(
                            DerTag.OCTET_STRING,
                            DerWriter.encode(
                                    DerTag.OCTET_STRING,
                                    new byte[WorkloadRequestStream.NONCE_BYTES]));
            return DerWriter.encode(
                    EXTENSIONS,
                    DerWriter.encode(
                            DerTag.SEQUENCE, DerWriter.encode(DerTag.SEQUENCE, hex(NONCE), value)));
        }

        int length() {
            return bytes.length;
        }

        int serialAt() {
            return serialAt;
        }

        void copyTo(byte[] into, int offset) {
            System.arraycopy(bytes, 0, into, offset, bytes.length);
        }

        /// Fills the placeholders of a copy that begins at `offset`.
        void patch(byte[] serial, long random, byte[] into, int offset) {
            System.arraycopy(serial, 0, into, offset + serialAt, serialLength);
            if (nonceAt >= 0) {
                WorkloadRequestStream.writeNonce(random, into, offset + nonceAt);
            }
        }

        private static byte[] hex(String text) {
            return HexFormat.of().parseHex(text);
        }
    }
}
