package org.precertocsp.responder.ctlog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.responder.merkle.ConsistencyProof;
import org.precertocsp.responder.merkle.MerkleHasher;

/// A log in memory: entries, tree, and a key that signs its heads for real. [TestLogServer] serves
/// it.
public final class TestLog {
    public static final String ORIGIN = "log.example/test";

    /// One entry, in the parts that both APIs put together.
    public static final class Entry {
        private final byte[] timestamped;
        private final byte[] precertificate;
        private final List<byte[]> chain;

        /// @param precertificate empty for a certificate
        /// @param chain DER of the issuers
        public Entry(byte[] timestamped, byte[] precertificate, List<byte[]> chain) {
            this.timestamped = timestamped;
            this.precertificate = precertificate;
            this.chain = chain;
        }

        /// The TimestampedEntry.
        public byte[] timestamped() {
            return timestamped;
        }

        public byte[] precertificate() {
            return precertificate;
        }

        public List<byte[]> chain() {
            return chain;
        }

        public byte[] leaf() {
            return join(new byte[2], timestamped);
        }

        public byte[] extraData() {
            ByteArrayOutputStream certificates = new ByteArrayOutputStream();
            chain.forEach(der -> certificates.writeBytes(counted(3, der)));
            byte[] first = precertificate.length == 0 ? new byte[0] : counted(3, precertificate);
            return join(first, counted(3, certificates.toByteArray()));
        }

        public byte[] tileLeaf() {
            ByteArrayOutputStream fingerprints = new ByteArrayOutputStream();
            chain.forEach(der -> fingerprints.writeBytes(sha256(der)));
            byte[] first = precertificate.length == 0 ? new byte[0] : counted(3, precertificate);
            return join(timestamped, first, counted(2, fingerprints.toByteArray()));
        }
    }

    private final KeyPair keys;
    private final List<Entry> entries = new ArrayList<>();
    private final List<List<ByteString>> levels = new ArrayList<>();
    private final Map<String, byte[]> issuers = new HashMap<>();
    private final Map<ByteString, Integer> indexes = new HashMap<>();
    private final MerkleHasher hash = new MerkleHasher();
    private long millis;

    public TestLog(KeyPair keys) {
        this(keys, Instant.parse("2026-06-01T00:00:00Z"));
    }

    /// @param first when it takes in its first entry; the others follow a millisecond apart
    public TestLog(KeyPair keys, Instant first) {
        this.keys = keys;
        this.millis = first.toEpochMilli();
    }

    public KeyPair keys() {
        return keys;
    }

    public int size() {
        return entries.size();
    }

    public Entry entry(int index) {
        return entries.get(index);
    }

    public byte[] issuer(String sha256) {
        return issuers.getOrDefault(sha256, new byte[0]);
    }

    public int indexOf(ByteString leafHash) {
        return indexes.getOrDefault(leafHash, -1);
    }

    /// A precertificate by the CA, or by a Precertificate Signing Certificate of it.
    ///
    /// @param signer the CA itself, or its signer
    public void addPrecertificate(TestCa ca, TestCa signer, BigInteger serial, KeyPair subject) {
        byte[] submitted = TestCa.encoded(signer.precertificate(serial, subject));
        // What the log makes of it: the certificate to come, without poison and SCTs.
        byte[] tbs = tbs(ca.issue(serial, subject, _ -> {}));
        List<byte[]> chain =
                signer == ca
                        ? List.of(ca.der().toArray())
                        : List.of(signer.der().toArray(), ca.der().toArray());
        byte[] keyHash = keyHash(ca);
        add(new Entry(timestamped(1, join(keyHash, counted(3, tbs))), submitted, chain));
    }

    /// A precertificate that is there already, signed by that CA itself.
    public void addPrecertificate(X509CertificateHolder submitted, X509CertificateHolder ca) {
        byte[] signed = join(keyHash(ca), counted(3, withoutPoison(submitted)));
        byte[] chain = TestCa.encoded(ca);
        add(new Entry(timestamped(1, signed), TestCa.encoded(submitted), List.of(chain)));
    }

    /// Signed by nobody that matters: only the TBSCertificate is logged.
    private static byte[] withoutPoison(X509CertificateHolder submitted) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(submitted);
            builder.removeExtension(TestCa.POISON);
            return tbs(
                    builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA")
                                    .build(TestCa.p256().getPrivate())));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public void addCertificate(TestCa ca, X509CertificateHolder certificate) {
        byte[] der = TestCa.encoded(certificate);
        add(new Entry(timestamped(0, counted(3, der)), new byte[0], List.of(ca.der().toArray())));
    }

    /// Entries of other CAs: precertificates nobody will look into, all different.
    public void addStrangers(int count) {
        byte[] keyHash = sha256("a stranger's key".getBytes(StandardCharsets.UTF_8));
        byte[] body = new byte[300];
        byte[] nothing = {0x30, 0};
        for (int i = 0; i < count; i++) {
            ByteBuffer.wrap(body).putInt(entries.size());
            byte[] signed = join(keyHash, counted(3, body));
            add(new Entry(timestamped(1, signed), nothing, List.of()));
        }
    }

    public void add(Entry entry) {
        entry.chain().forEach(der -> issuers.put(hex(sha256(der)), der));
        entries.add(entry);
        byte[] leaf = new byte[MerkleHasher.LENGTH];
        hash.leaf(entry.leaf(), leaf, 0, 0, leaf, 0);
        indexes.put(ByteString.of(leaf), entries.size() - 1);
        grow(0, ByteString.of(leaf));
    }

    private void grow(int level, ByteString node) {
        if (levels.size() == level) {
            levels.add(new ArrayList<>());
        }
        List<ByteString> nodes = levels.get(level);
        nodes.add(node);
        if (nodes.size() % 2 == 0) {
            byte[] left = nodes.get(nodes.size() - 2).toArray();
            grow(level + 1, ByteString.of(hash.node(left, node.toArray())));
        }
    }

    public ByteString subtree(int level, long index) {
        return levels.get(level).get((int) index);
    }

    public ByteString root(int size) {
        List<ByteString> edge = ConsistencyProof.edge(size, this::subtree);
        if (edge.isEmpty()) {
            return ByteString.of(hash.empty());
        }
        byte[] root = edge.getLast().toArray();
        for (ByteString left : edge.subList(0, edge.size() - 1).reversed()) {
            root = hash.node(left.toArray(), root);
        }
        return ByteString.of(root);
    }

    public List<ByteString> consistency(int first, int second) {
        return ConsistencyProof.between(first, second, this::subtree);
    }

    /// The path of RFC 6962 §2.1.1.
    public List<ByteString> inclusion(int leaf, int from, int to) {
        if (to - from == 1) {
            return new ArrayList<>();
        }
        int division = from + Integer.highestOneBit(to - from - 1);
        boolean left = leaf < division;
        List<ByteString> path =
                left ? inclusion(leaf, from, division) : inclusion(leaf, division, to);
        path.add(left ? range(division, to) : range(from, division));
        return path;
    }

    private ByteString range(int from, int to) {
        int size = to - from;
        if (Integer.bitCount(size) == 1) {
            int level = Integer.numberOfTrailingZeros(size);
            return subtree(level, from >> level);
        }
        int division = from + Integer.highestOneBit(size - 1);
        return ByteString.of(
                hash.node(range(from, division).toArray(), range(division, to).toArray()));
    }

    /// DigitallySigned over the head.
    public byte[] signature(int size, ByteString root, Instant at) {
        byte[] head =
                ByteBuffer.allocate(50)
                        .put((byte) 0)
                        .put((byte) 1)
                        .putLong(at.toEpochMilli())
                        .putLong(size)
                        .put(root.toArray())
                        .array();
        boolean rsa = keys.getPrivate().getAlgorithm().equals("RSA");
        try {
            Signature signer = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
            signer.initSign(keys.getPrivate());
            signer.update(head);
            return join(new byte[] {4, (byte) (rsa ? 1 : 3)}, counted(2, signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] treeHead(int size, ByteString root, Instant at) {
        return """
        {"tree_size":%d,"timestamp":%d,"sha256_root_hash":"%s","tree_head_signature":"%s"}
        """
                .formatted(
                        size,
                        at.toEpochMilli(),
                        base64(root.toArray()),
                        base64(signature(size, root, at)))
                .getBytes(StandardCharsets.UTF_8);
    }

    public byte[] checkpoint(int size, ByteString root, Instant at) {
        byte[] id = sha256(keys.getPublic().getEncoded());
        byte[] named = join((ORIGIN + "\n").getBytes(StandardCharsets.UTF_8), new byte[] {5}, id);
        byte[] time = ByteBuffer.allocate(8).putLong(at.toEpochMilli()).array();
        byte[] signature = join(Arrays.copyOf(sha256(named), 4), time, signature(size, root, at));
        String stranger = "— witness.example " + base64(new byte[80]);
        return "%s\n%d\n%s\n\n%s\n— %s %s\n"
                .formatted(
                        ORIGIN, size, base64(root.toArray()), stranger, ORIGIN, base64(signature))
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] timestamped(int type, byte[] signed) {
        byte[] head = ByteBuffer.allocate(10).putLong(millis++).putShort((short) type).array();
        return join(head, signed, new byte[2]);
    }

    public static byte[] tbs(X509CertificateHolder certificate) {
        try {
            return certificate.toASN1Structure().getTBSCertificate().getEncoded("DER");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] keyHash(X509CertificateHolder ca) {
        try {
            return sha256(ca.getSubjectPublicKeyInfo().getEncoded());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] keyHash(TestCa ca) {
        return sha256(ca.keys().getPublic().getEncoded());
    }

    public static byte[] sha256(byte[] octets) {
        return HashAlgorithm.SHA256.hash(ByteString.of(octets)).toArray();
    }

    public static byte[] counted(int width, byte[] content) {
        byte[] length = ByteBuffer.allocate(4).putInt(content.length).array();
        return join(Arrays.copyOfRange(length, 4 - width, 4), content);
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    public static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    private static String hex(byte[] octets) {
        return ByteString.of(octets).toHex();
    }
}
