import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;

/// The clients of a training run: few connections that are kept open, and little processor time
/// beside the server's.
///
/// @param directory where `demo` put its certificates
record AotTrainingClients(Path directory) {
    private static final int CONNECTIONS = 4;
    private static final List<ASN1ObjectIdentifier> HASHES =
            List.of(OIWObjectIdentifiers.idSHA1, NISTObjectIdentifiers.id_sha256);
    private static final String HOST = "Host: localhost\r\n";

    /// One for each serial, alternating between GET and POST and between both hash algorithms.
    List<byte[]> requestsFor(List<BigInteger> serials) throws Exception {
        X509CertificateHolder issuer = certificate("issuer.pem");
        List<byte[]> requests = new ArrayList<>();
        for (BigInteger serial : serials) {
            int turn = requests.size();
            byte[] der = request(issuer, HASHES.get(turn / 2 % 2), serial, turn % 8 == 0);
            requests.add(turn % 2 == 0 ? post(der) : get(der));
        }
        return requests;
    }

    /// For the certificates that `demo` issued and one that it did not, by both methods and hashes.
    List<byte[]> usualRequests() throws Exception {
        X509CertificateHolder issuer = certificate("issuer.pem");
        List<BigInteger> serials = new ArrayList<>(List.of(BigInteger.TWO.pow(100)));
        for (String name : List.of("issued.pem", "precertificate.pem", "revoked.pem")) {
            serials.add(certificate(name).getSerialNumber());
        }
        List<byte[]> requests = new ArrayList<>();
        for (ASN1ObjectIdentifier hash : HASHES) {
            for (BigInteger serial : serials) {
                byte[] der = request(issuer, hash, serial, false);
                requests.addAll(List.of(post(der), get(der)));
            }
        }
        return requests;
    }

    /// Sends all requests `rounds` times, each connection its share of them.
    void send(int port, List<byte[]> requests, int rounds) throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<?>> shares = new ArrayList<>();
            for (int share = 0; share < CONNECTIONS; share++) {
                int first = share;
                shares.add(
                        clients.submit(
                                () -> {
                                    sendShare(port, requests, first, rounds);
                                    return null;
                                }));
            }
            for (Future<?> share : shares) {
                share.get();
            }
        }
    }

    private static void sendShare(int port, List<byte[]> requests, int first, int rounds)
            throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int round = 0; round < rounds; round++) {
                for (int i = first; i < requests.size(); i += CONNECTIONS) {
                    socket.getOutputStream().write(requests.get(i));
                    readAnswer(in);
                }
            }
        }
    }

    /// Requests a page of the health check port.
    void get(int port, String page) throws IOException {
        URL url = URI.create("http://127.0.0.1:" + port + page).toURL();
        try (InputStream in = url.openStream()) {
            in.readAllBytes();
        }
    }

    private static void readAnswer(InputStream in) throws IOException {
        String status = line(in);
        int length = -1;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
            }
        }
        in.skipNBytes(length);
        if (!status.startsWith("HTTP/1.1 200 ")) {
            throw new IllegalStateException("the server answered " + status);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the server closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private static byte[] post(byte[] der) {
        String head =
                "POST / HTTP/1.1\r\n"
                        + HOST
                        + "Content-Type: application/ocsp-request\r\nContent-Length: "
                        + der.length
                        + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + der.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(der, 0, all, start.length, der.length);
        return all;
    }

    private static byte[] get(byte[] der) {
        String text = Base64.getEncoder().encodeToString(der);
        String path = text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
        return ("GET /" + path + " HTTP/1.1\r\n" + HOST + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] request(
            X509CertificateHolder issuer,
            ASN1ObjectIdentifier hash,
            BigInteger serial,
            boolean nonce)
            throws IOException, OCSPException, OperatorCreationException {
        OCSPReqBuilder request =
                new OCSPReqBuilder()
                        .addRequest(
                                new CertificateID(
                                        new BcDigestCalculatorProvider()
                                                .get(new AlgorithmIdentifier(hash)),
                                        issuer,
                                        serial));
        if (nonce) {
            request.setRequestExtensions(
                    new Extensions(
                            new Extension(
                                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                                    false,
                                    new DEROctetString(new byte[32]).getEncoded())));
        }
        return request.build().getEncoded();
    }

    private X509CertificateHolder certificate(String name) throws IOException {
        Path file = directory.resolve(name);
        try (PEMParser parser =
                new PEMParser(Files.newBufferedReader(file, StandardCharsets.US_ASCII))) {
            return (X509CertificateHolder) parser.readObject();
        }
    }
}
