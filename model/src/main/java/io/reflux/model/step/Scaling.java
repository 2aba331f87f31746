package io.reflux.model.step;

/**
 * Dynamic loss scaling (Micikevicius et al. 2018, arXiv:1710.03740, sec. 3.2): the loss is multiplied by a scale so that
 * small gradients do not vanish in fp16. The scale is halved when a gradient overflows, and that update is not made; it
 * doubles after {@link #GROWTH_INTERVAL} updates in a row.
 */
final class Scaling {

    static final float INITIAL = 65536;
    static final double GROWTH = 2;
    static final double BACKOFF = 0.5;
    static final int GROWTH_INTERVAL = 2000;

    private Scaling() {}
}
