package io.reflux.proto.credentials;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Certificates and key as they were read, for either end. Equal to another one if every byte is. Shows nothing of it. */
public final class TlsMaterial {

    private final byte @Nullable [] cert;
    private final byte @Nullable [] key;
    private final byte @Nullable [] ca;

    TlsMaterial(byte @Nullable [] cert, byte @Nullable [] key, byte @Nullable [] ca) {
        this.cert = cert;
        this.key = key;
        this.ca = ca;
    }

    /**
     * Sets the options of a teacher: HTTP/2 only, and where authorities are given, only students with a certificate of one.
     *
     * @throws IllegalStateException without a certificate
     */
    public HttpServerOptions server(HttpServerOptions options) {
        options.setSsl(true)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2))
                .setKeyCertOptions(identity());
        if (ca != null) {
            options.setTrustOptions(authorities(ca)).setClientAuth(ClientAuth.REQUIRED);
        }
        return options;
    }

    /**
     * What a teacher that runs takes on for new connections.
     *
     * @throws IllegalStateException without a certificate
     */
    public ServerSSLOptions renewal() {
        ServerSSLOptions options = new ServerSSLOptions()
                .setUseAlpn(true)
                .setApplicationLayerProtocols(List.of(HttpVersion.HTTP_2.alpnName()))
                .setKeyCertOptions(identity());
        if (ca != null) {
            options.setTrustOptions(authorities(ca)).setClientAuth(ClientAuth.REQUIRED);
        }
        return options;
    }

    /** Sets the options of a student; it checks the teacher's name, and shows its own certificate if it has one. */
    public HttpClientOptions client(HttpClientOptions options) {
        own(options);
        return options.setUseAlpn(true).setVerifyHost(true);
    }

    /** Sets the same for a connection on which nothing but the handshake counts. */
    public NetClientOptions client(NetClientOptions options) {
        own(options);
        return options.setHostnameVerificationAlgorithm("HTTPS");
    }

    private void own(ClientOptionsBase options) {
        options.setSsl(true);
        if (cert != null) {
            options.setKeyCertOptions(identity());
        }
        if (ca != null) {
            options.setTrustOptions(authorities(ca));
        }
    }

    private PemKeyCertOptions identity() {
        if (cert == null || key == null) {
            throw new IllegalStateException("cert: absent (expected: present for a teacher)");
        }
        return new PemKeyCertOptions().setCertValue(Buffer.buffer(cert)).setKeyValue(Buffer.buffer(key));
    }

    private static PemTrustOptions authorities(byte[] pem) {
        return new PemTrustOptions().addCertValue(Buffer.buffer(pem));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TlsMaterial that
                && Arrays.equals(cert, that.cert)
                && Arrays.equals(key, that.key)
                && Arrays.equals(ca, that.ca);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cert) ^ Arrays.hashCode(ca);
    }

    @Override
    public String toString() {
        return "TlsMaterial[cert=" + (cert != null) + ", ca=" + (ca != null) + "]";
    }
}
