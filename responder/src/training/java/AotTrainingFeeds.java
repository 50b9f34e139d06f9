import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The files that a training run loads, one of each kind.
///
/// @param directory where `demo` put its CA
record AotTrainingFeeds(Path directory) {
    /// Later than the CRL of `demo`, whose number is a small one.
    private static final BigInteger CRL_NUMBER = BigInteger.valueOf(1_000_000);

    private static final int A_DAY = 86_400;

    /// Serials of a usual length, none of which is in two calls with different `first`.
    static List<BigInteger> serials(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(it -> BigInteger.TWO.pow(125).add(BigInteger.valueOf(it)))
                .toList();
    }

    /// All are good.
    Path csv(String name, List<BigInteger> serials) throws IOException {
        StringBuilder lines = new StringBuilder("serial,status\n");
        for (BigInteger serial : serials) {
            lines.append(serial.toString(16)).append(",good\n");
        }
        return Files.writeString(directory.resolve(name), lines);
    }

    /// As OpenSSL writes it; one in eight is revoked.
    Path index(String name, List<BigInteger> serials) throws IOException {
        StringBuilder lines = new StringBuilder();
        int row = 0;
        for (BigInteger serial : serials) {
            String status =
                    row++ % 8 == 0 ? "R\t351231235959Z\t261101120000Z" : "V\t351231235959Z\t";
            lines.append(status)
                    .append('\t')
                    .append(serial.toString(16).toUpperCase(Locale.ROOT))
                    .append("\tunknown\t/CN=")
                    .append(row)
                    .append(".example\n");
        }
        return Files.writeString(directory.resolve(name), lines);
    }

    /// Revokes all of them.
    Path crl(String name, List<BigInteger> serials) throws Exception {
        X509CertificateHolder issuer = (X509CertificateHolder) pem(directory.resolve("issuer.pem"));
        PrivateKey key =
                new JcaPEMKeyConverter()
                        .getPrivateKey((PrivateKeyInfo) pem(directory.resolve("issuer.key")));
        Instant now = Instant.now();
        X509v2CRLBuilder crl = new X509v2CRLBuilder(issuer.getSubject(), Date.from(now));
        crl.setNextUpdate(Date.from(now.plusSeconds(A_DAY)));
        for (BigInteger serial : serials) {
            crl.addCRLEntry(serial, Date.from(now.minusSeconds(A_DAY)), CRLReason.keyCompromise);
        }
        crl.addExtension(Extension.cRLNumber, false, new CRLNumber(CRL_NUMBER));
        crl.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer));
        byte[] der =
                crl.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)).getEncoded();
        return Files.write(directory.resolve(name), der);
    }

    private static Object pem(Path file) throws IOException {
        try (PEMParser parser =
                new PEMParser(Files.newBufferedReader(file, StandardCharsets.US_ASCII))) {
            return parser.readObject();
        }
    }
}
