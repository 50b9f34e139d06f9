package org.precertocsp.responder.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.precertocsp.TestCa;

/// Ends TLS before a server of this machine, octet for octet, as a CDN or proxy does.
final class TlsFront implements AutoCloseable {
    private static final char[] PASSWORD = {};

    private final TestCa authority = TestCa.root("TLS Test CA");
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SSLServerSocket listening;
    private final int behind;

    private TlsFront(int behind) throws Exception {
        this.behind = behind;
        InetAddress here = InetAddress.getLoopbackAddress();
        this.listening =
                (SSLServerSocket)
                        context().getServerSocketFactory().createServerSocket(0, 50, here);
    }

    /// @param behind port of the server on loopback
    static TlsFront start(int behind) throws Exception {
        TlsFront front = new TlsFront(behind);
        front.threads.execute(front::accept);
        return front;
    }

    String url() {
        return "https://127.0.0.1:" + listening.getLocalPort();
    }

    /// Who signed its certificate.
    X509CertificateHolder authority() {
        return authority.holder();
    }

    private SSLContext context() throws Exception {
        KeyPair keys = TestCa.p256();
        X509CertificateHolder certificate =
                authority.issue(BigInteger.TWO, keys, TestCa.onLoopback());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "front",
                keys.getPrivate(),
                PASSWORD,
                new Certificate[] {new JcaX509CertificateConverter().getCertificate(certificate)});
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                threads.execute(() -> pass(client));
            } catch (IOException _) {
                // Closed, or a client that gave up.
            }
        }
    }

    private void pass(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            InputStream asked = client.getInputStream();
            OutputStream to = server.getOutputStream();
            threads.execute(() -> copy(asked, to));
            copy(server.getInputStream(), client.getOutputStream());
        } catch (IOException _) {
            // The client does not believe us, or has gone: the test sees what it makes of it.
        }
    }

    private static void copy(InputStream from, OutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException _) {
            // One of the two has gone.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
