const config = require('@rancher/shell/vue.config');

// The extension is loaded at run time, as in production. FAST leaves out source maps and minification: for tests.
const app = config(__dirname, { excludes: ['pso-ui'] });

if (process.env.FAST) {
  const inner = app.configureWebpack;

  app.productionSourceMap = false;
  app.configureWebpack = webpack => {
    inner(webpack);
    webpack.devtool = false;
    webpack.optimization.minimize = false;
  };
}

module.exports = app;
