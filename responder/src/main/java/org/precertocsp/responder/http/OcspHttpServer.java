package org.precertocsp.responder.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The OCSP endpoint, from binding its addresses to draining its connections.
public final class OcspHttpServer implements AutoCloseable {
    private static final int BACKLOG = 1024;

    /// Maximum bytes of one read from a socket: many requests, yet little to hold for thousands of
    /// connections.
    static final int MAX_READ_BYTES = 16 * 1024;

    /// Minimum capacity of a read: more than nearly any request, since a request in two pieces is
    /// copied once more.
    private static final int MIN_READ_BYTES = 2 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(OcspHttpServer.class);

    private final ServerContext endpoint;
    private final EventLoopGroup loops;
    private final List<Channel> listeners = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private OcspHttpServer(ServerContext endpoint, EventLoopGroup loops) {
        this.endpoint = endpoint;
        this.loops = loops;
    }

    /// Loads the library in machine code, if it can be used.
    public static void loadTransport() {
        LOG.debug("{} will be used", NettyTransport.best());
    }

    /// Listens on every configured address, or on none.
    ///
    /// @throws IOException naming the address that could not be bound
    public static OcspHttpServer start(
            HttpConfig config, OcspServiceConfig answering, InstantSource clock)
            throws IOException {
        return start(ServerContext.of(config, answering, clock), NettyTransport.best());
    }

    static OcspHttpServer start(ServerContext endpoint, NettyTransport transport)
            throws IOException {
        OcspHttpServer server =
                new OcspHttpServer(
                        endpoint,
                        new FairLoops(
                                Runtime.getRuntime().availableProcessors(), transport.handlers()));
        try {
            for (InetSocketAddress address : endpoint.config().listen()) {
                server.listen(address, transport);
            }
        } catch (IOException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /// The bound addresses, in the order configured, with the ports chosen for port 0.
    public List<InetSocketAddress> addresses() {
        return listeners.stream()
                .map(listener -> (InetSocketAddress) listener.localAddress())
                .toList();
    }

    public long openConnections() {
        return endpoint.connections().open();
    }

    /// Memory of incomplete requests, input that waits and replies not read.
    public long pendingBytes() {
        return endpoint.pending().held();
    }

    /// Stops listening, completes answers in progress within the configured drain, closes the rest.
    /// Blocks; when it returns, no thread of the server uses the source. Idempotent.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        endpoint.connections().drain(endpoint.config().drain());
        endpoint.answerer().close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void listen(InetSocketAddress address, NettyTransport transport) throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channelFactory(transport.listener(address.getAddress()))
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(
                                                MIN_READ_BYTES, MIN_READ_BYTES, MAX_READ_BYTES)
                                        .maxMessagesPerRead(1))
                        .childHandler(new OcspChannelInitializer(endpoint));
        if (sharesPortWithIpv4(address)) {
            transport.onlyIpv6(bootstrap);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String why = "cannot listen on " + address + ": " + bound.cause().getMessage();
            throw new IOException(why, bound.cause());
        }
        // After Netty's acceptor, which waits a second and passes the failure on.
        bound.channel().pipeline().addLast(new AcceptFailures(endpoint.overload()));
        listeners.add(bound.channel());
        LOG.info("OCSP on {} ({})", bound.channel().localAddress(), transport);
    }

    /// `[::]` has IPv4 clients too, unless an IPv4 address with the same port is also configured.
    private boolean sharesPortWithIpv4(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address
                && endpoint.config().listen().stream()
                        .anyMatch(
                                other ->
                                        other.getPort() == address.getPort()
                                                && other.getAddress() instanceof Inet4Address);
    }

    /// Event loops that poll their sockets again after a short while of other work. Netty's default
    /// is a second: for as long, new connections and cached answers would wait while a flood of
    /// requests to [OcspService] keeps producing replies.
    private static final class FairLoops extends MultiThreadIoEventLoopGroup {
        private static final long MOST_OTHER_WORK_MILLIS = 5;

        FairLoops(int threads, IoHandlerFactory handlers) {
            super(threads, handlers);
        }

        @Override
        protected IoEventLoop newChild(
                Executor executor, IoHandlerFactory handlers, Object... arguments) {
            return new SingleThreadIoEventLoop(
                    this,
                    executor,
                    handlers,
                    Integer.MAX_VALUE,
                    RejectedExecutionHandlers.reject(),
                    MOST_OTHER_WORK_MILLIS);
        }
    }

    /// A connection that cannot be accepted, most likely for lack of file descriptors, is counted;
    /// by default, Netty would log a warning with a stack trace for each.
    private static final class AcceptFailures extends ChannelInboundHandlerAdapter {
        private final OverloadMonitor overload;

        AcceptFailures(OverloadMonitor overload) {
            this.overload = overload;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            LOG.debug("accepting failed", cause);
            overload.reached(OverloadMonitor.Limit.OPEN_FILES, ctx.channel());
        }
    }

    /// Configures a new connection, or rejects it.
    static final class OcspChannelInitializer extends ChannelInitializer<Channel> {
        private final ServerContext endpoint;

        OcspChannelInitializer(ServerContext endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        protected void initChannel(Channel channel) {
            OcspConnectionHandler conversation = new OcspConnectionHandler(endpoint, channel);
            if (!endpoint.connections().admit(conversation)) {
                channel.pipeline().addLast(new Refused());
                var _ = channel.close();
                return;
            }
            channel.pipeline().addLast(conversation);
        }

        /// Later events of a connection that is being closed are ignored.
        @ChannelHandler.Sharable
        private static final class Refused extends ChannelInboundHandlerAdapter {
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                // The client reset it.
            }
        }
    }
}
