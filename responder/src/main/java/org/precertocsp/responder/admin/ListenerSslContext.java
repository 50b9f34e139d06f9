package org.precertocsp.responder.admin;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The context with which a Helidon listener wraps accepted sockets in TLS.
///
/// It reads the whole first record of a client before it spends memory on it, and requires TLS 1.3
/// and a client certificate, which Helidon configures for engines only. Engines must not be used:
/// to create one, Helidon resolves the client's name, and a slow name server would delay all
/// connections.
final class ListenerSslContext extends SSLContext {
    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE_RECORD = 22;

    /// RFC 8446 5.1.
    private static final int MAX_RECORD = 1 << 14;

    ListenerSslContext(SSLContext context) {
        super(new Spi(context), context.getProvider(), context.getProtocol());
    }

    private static byte[] firstRecord(InputStream in) throws IOException {
        byte[] header = in.readNBytes(RECORD_HEADER);
        if (header.length < RECORD_HEADER) {
            throw new EOFException("the client sent nothing");
        }
        int length = Byte.toUnsignedInt(header[3]) << 8 | Byte.toUnsignedInt(header[4]);
        if (header[0] != HANDSHAKE_RECORD || length > MAX_RECORD) {
            throw new SSLException("the client does not begin with a handshake");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the client closed the connection in its first record");
        }
        byte[] record = Arrays.copyOf(header, RECORD_HEADER + length);
        System.arraycopy(body, 0, record, RECORD_HEADER, length);
        return record;
    }

    private static final class Sockets extends SSLSocketFactory {
        private final SSLSocketFactory usual;

        Sockets(SSLSocketFactory usual) {
            this.usual = usual;
        }

        @Override
        public Socket createSocket(Socket accepted, @Nullable InputStream read, boolean autoClose)
                throws IOException {
            byte[] first = firstRecord(accepted.getInputStream());
            // Helidon closes the TLS socket only; this closes the socket beneath it, too.
            SSLSocket socket =
                    (SSLSocket) usual.createSocket(accepted, new ByteArrayInputStream(first), true);
            socket.setUseClientMode(false);
            socket.setNeedClientAuth(true);
            socket.setEnabledProtocols(new String[] {"TLSv1.3"});
            return socket;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return usual.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return usual.getSupportedCipherSuites();
        }

        private static IOException neverAClient() {
            return new IOException("a listener's sockets are never clients");
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
                throws IOException {
            throw neverAClient();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw neverAClient();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort)
                throws IOException {
            throw neverAClient();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw neverAClient();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
                throws IOException {
            throw neverAClient();
        }
    }

    private static final class Spi extends SSLContextSpi {
        private final SSLContext usual;

        Spi(SSLContext usual) {
            this.usual = usual;
        }

        @Override
        protected void engineInit(
                KeyManager @Nullable [] keys,
                TrustManager @Nullable [] trust,
                @Nullable SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("already initialised");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return new Sockets(usual.getSocketFactory());
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return usual.getServerSocketFactory();
        }

        // Helidon reads the parameters of an engine.
        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return usual.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return usual.createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return usual.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return usual.getClientSessionContext();
        }
    }
}
