package org.precertocsp.responder.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.precertocsp.TestCa;

/// A CA for the private API's server and its clients; its files lie in one folder.
public final class TestClientCa {
    private final Path folder;
    private final TestCa ca;
    private final AtomicInteger serials = new AtomicInteger(100);
    private final Map<String, ClientTls> clients = new ConcurrentHashMap<>();

    public TestClientCa(Path folder, String name) throws IOException {
        this.folder = folder;
        this.ca = TestCa.root(name);
        TestCa.write(authority(), ca.holder());
        server();
    }

    public Path authority() {
        return folder.resolve("client-ca.pem");
    }

    public Path serverCertificate() {
        return folder.resolve("server.pem");
    }

    public Path serverKey() {
        return folder.resolve("server.key");
    }

    /// Makes the server's certificate, or another one in its place.
    public BigInteger server() throws IOException {
        BigInteger serial = BigInteger.valueOf(serials.incrementAndGet());
        KeyPair keys = TestCa.p256();
        // The key first: until both are there, the pair does not match and is not taken up.
        Files.writeString(serverKey(), TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        TestCa.write(
                serverCertificate(),
                ca.certificate(serial, TestCa.name("server"), keys, TestCa.onLoopback()));
        return serial;
    }

    /// A client called so; made when first asked for.
    public ClientTls client(String name) {
        return clients.computeIfAbsent(name, this::make);
    }

    private ClientTls make(String name) {
        try {
            KeyPair keys = TestCa.p256();
            Path key = folder.resolve(name + ".key");
            Path certificate = folder.resolve(name + ".pem");
            Files.writeString(key, TestCa.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
            TestCa.write(
                    certificate,
                    ca.certificate(
                            BigInteger.valueOf(serials.incrementAndGet()),
                            TestCa.name(name),
                            keys,
                            builder ->
                                    builder.addExtension(
                                            Extension.extendedKeyUsage,
                                            false,
                                            new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))));
            return new ClientTls(Optional.of(authority()), certificate, key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
