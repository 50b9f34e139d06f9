package org.precertocsp.responder.cli.demo;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// The demonstration's folder: what lies where.
record DemoFiles(Path directory) {
    Path configuration() {
        return directory.resolve("precert-ocsp.yaml");
    }

    Path in(String name) {
        return directory.resolve(name);
    }

    void write(String name, X509CertificateHolder certificate) throws IOException {
        Files.writeString(in(name), pem("CERTIFICATE", certificate.getEncoded()));
    }

    void write(String name, X509CRLHolder crl) throws IOException {
        Files.writeString(in(name), pem("X509 CRL", crl.getEncoded()));
    }

    /// Writes PKCS#8, readable by the owner alone from its first byte on.
    void writeKey(String name, KeyPair keys) throws IOException {
        Path file = in(name);
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file, pem("PRIVATE KEY", keys.getPrivate().getEncoded()), StandardOpenOption.WRITE);
    }

    private static String pem(String type, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        }
        return text.toString();
    }
}
