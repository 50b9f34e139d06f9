package org.precertocsp.responder.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.precertocsp.signer.key.Ed25519;

/// The Ed25519 keys of the nodes, in files of PEM as `openssl genpkey` and `openssl pkey -pubout`
/// write them.
public final class ClusterKeys {
    private static final int MAX_FILE_BYTES = 1 << 16;
    private static final byte[] TRIAL =
            "precert-ocsp trial of a key".getBytes(StandardCharsets.US_ASCII);

    private ClusterKeys() {}

    /// @throws IOException it cannot be read or is not such a key; the message names the file
    public static PublicKey readPublic(Path file) throws IOException {
        byte[] info =
                pem(
                        file,
                        "PUBLIC KEY",
                        "holds no Ed25519 public key in PEM; write it with: openssl pkey -in KEY"
                                + " -pubout");
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    file
                            + " holds a public key that is not of Ed25519; make a key with: openssl"
                            + " genpkey -algorithm ed25519",
                    e);
        }
    }

    /// @throws IOException it cannot be read or is not such a key; the message names the file
    public static PrivateKey readPrivate(Path file) throws IOException {
        String remedy =
                "holds no Ed25519 private key in PEM; make one with: openssl genpkey -algorithm"
                        + " ed25519";
        byte[] pkcs8 = pem(file, "PRIVATE KEY", remedy);
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " " + remedy, e);
        }
    }

    /// Are these the two halves of one key?
    public static boolean isPair(PrivateKey key, PublicKey publicKey) {
        try {
            Signature signature = Ed25519.signing(key);
            signature.update(TRIAL);
            byte[] signed = signature.sign();
            Signature verification = Ed25519.verifying(publicKey);
            verification.update(TRIAL);
            return verification.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// What is wrong with a node's own key, with the remedy; empty if it is well. The public key of
    /// an edge is known to authorities only, so of an edge's only the file is checked.
    public static Optional<String> problem(ClusterConfig cluster) {
        try {
            PrivateKey key = readPrivate(cluster.key());
            PublicKey listed = cluster.authorityKeys().get(cluster.name());
            return listed == null || isPair(key, listed)
                    ? Optional.empty()
                    : Optional.of(
                            ("%s is not the private key to authority %s's publicKey: name the right"
                                            + " file, or list on all nodes what openssl pkey -in KEY"
                                            + " -pubout writes")
                                    .formatted(cluster.key(), cluster.name()));
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] pem(Path file, String label, String remedy) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(file + " is too long for a key");
        }
        Matcher block =
                Pattern.compile("-----BEGIN %1$s-----([^-]*)-----END %1$s-----".formatted(label))
                        .matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new IOException(file + " " + remedy);
        }
        try {
            return Base64.getDecoder().decode(block.group(1).replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " " + remedy, e);
        }
    }
}
