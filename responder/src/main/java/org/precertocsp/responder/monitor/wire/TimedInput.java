package org.precertocsp.responder.monitor.wire;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// A socket's input on which all reads together keep one time limit: a peer that sends an octet now
/// and then gets no more time than one that sends nothing.
final class TimedInput {
    private final Socket socket;
    private final InputStream in;
    private final Countdown left;

    TimedInput(Socket socket, Countdown left) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.left = left;
    }

    /// The next octet; -1 at the end.
    int read() throws IOException {
        socket.setSoTimeout(left.millis());
        return in.read();
    }
}
