/**
 * Who is who on a connection: certificates and keys in PEM, and bearer tokens in files. Files are read whole, checked, and then
 * only what was read is used; what is wrong is said in one line that names the file and never what is in it. {@link
 * io.reflux.proto.credentials.Watched} reads again what may change while it is in use.
 */
@NullMarked
package io.reflux.proto.credentials;

import org.jspecify.annotations.NullMarked;
