package org.precertocsp.responder.cli.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// The demonstration's directory and the files in it.
record DemoDirectory(Path directory) {
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

    /// Writes PKCS#8, readable by the owner only from its first byte on.
    void writeKey(String name, KeyPair keys) throws IOException {
        writePrivately(
                name,
                pem("PRIVATE KEY", keys.getPrivate().getEncoded())
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /// Writes key and certificate in the format that browsers import.
    void writePkcs12(String name, String password, KeyPair keys, X509CertificateHolder certificate)
            throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            Certificate[] chain = {new JcaX509CertificateConverter().getCertificate(certificate)};
            store.setKeyEntry(name, keys.getPrivate(), password.toCharArray(), chain);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, password.toCharArray());
            writePrivately(name, bytes.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK writes PKCS#12", e);
        }
    }

    private void writePrivately(String name, byte[] content) throws IOException {
        Path file = in(name);
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content, StandardOpenOption.WRITE);
    }

    private static String pem(String type, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        }
        return text.toString();
    }
}
