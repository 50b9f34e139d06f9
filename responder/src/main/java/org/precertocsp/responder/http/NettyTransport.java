package org.precertocsp.responder.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.channels.spi.SelectorProvider;

/// The implementation of sockets: Linux epoll through a native library if it loads, else the JDK.
enum NettyTransport {
    EPOLL,
    NIO;

    /// As Linux numbers it: level IPPROTO_IPV6, option IPV6_V6ONLY.
    private static final IntegerUnixChannelOption IPV6_V6ONLY =
            new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    static NettyTransport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    IoHandlerFactory handlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /// A listener of the family of its address: `0.0.0.0` has IPv4 clients only.
    ChannelFactory<ServerSocketChannel> listener(InetAddress address) {
        SocketProtocolFamily family =
                address instanceof Inet6Address
                        ? SocketProtocolFamily.INET6
                        : SocketProtocolFamily.INET;
        return switch (this) {
            case EPOLL -> () -> new EpollServerSocketChannel(family);
            case NIO -> () -> new NioServerSocketChannel(SelectorProvider.provider(), family);
        };
    }

    /// Prevents an IPv6 listener from accepting IPv4 clients too, if the transport supports it.
    void onlyIpv6(ServerBootstrap bootstrap) {
        if (this == EPOLL) {
            bootstrap.option(IPV6_V6ONLY, 1);
        }
    }
}
