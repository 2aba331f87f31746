package io.reflux.model.step;

/** The update of {@link AdamW}. */
record AdamWUpdate(AdamW adamW) implements UpdateRule {

    @Override
    public int moments() {
        return 2;
    }

    @Override
    public void write(UpdateScript script) {
        script.shrinkParameters(adamW.weightDecay());
        script.line("torch._foreach_mul_(m0, " + adamW.beta1() + ")");
        script.line("torch._foreach_add_(m0, g, alpha=" + (1 - adamW.beta1()) + ")");
        script.line("torch._foreach_mul_(m1, " + adamW.beta2() + ")");
        script.line("torch._foreach_addcmul_(m1, g, g, " + (1 - adamW.beta2()) + ")");
        script.line("roots = torch._foreach_sqrt(m1)");
        script.line("scaled = torch._foreach_div(roots, float(torch.select(hyper, 0, 2)))");
        script.line("denominators = torch._foreach_add(scaled, " + adamW.epsilon() + ")");
        script.line("rate = torch.neg(torch.div(lr, float(torch.select(hyper, 0, 1))))");
        script.line("torch._foreach_addcdiv_(p, m0, denominators, rate)");
    }

    /** 1 − beta1ᵗ and √(1 − beta2ᵗ). */
    @Override
    public double[] scalars(long update) {
        return new double[] {
            1 - Math.pow(adamW.beta1(), update), Math.sqrt(1 - Math.pow(adamW.beta2(), update)),
        };
    }
}
