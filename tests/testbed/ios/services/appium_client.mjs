// What the XCUITest driver does with a phone, done by its own library. Arguments: its folder, udid, package, bundle id.
import fs from 'node:fs';
import {createRequire} from 'node:module';

const [folder, udid, ipa, bundleId] = process.argv.slice(2);
const {utilities, services} = createRequire(`${folder}/`)('appium-ios-device');
const told = {devices: await utilities.getConnectedDevices()};
told.version = await utilities.getOSVersion(udid);
told.time = await utilities.getDeviceTime(udid);
told.info = (await utilities.getDeviceInfo(udid)).DeviceName;

const log = await services.startSyslogService(udid);
const lines = [];
log.start((line) => lines.push(line));

const afc = await services.startAfcService(udid);
await afc.createDirectory('/PublicStaging/driver');
const target = await afc.createWriteStream('/PublicStaging/driver/app.ipa', {autoDestroy: true});
await new Promise((resolve, reject) => {
  target.on('finish', resolve);
  target.on('error', reject);
  fs.createReadStream(ipa).pipe(target);
});
const proxy = await services.startInstallationProxyService(udid);
const steps = await proxy.installApplication('/PublicStaging/driver/app.ipa');
told.steps = steps.map(({Status}) => Status);
told.staged = await afc.listDirectory('/PublicStaging/driver');
told.listed = Object.keys(await proxy.listApplications({applicationType: 'User'}));
told.found = (await proxy.lookupApplications({bundleIds: bundleId}))[bundleId].CFBundleVersion;
told.missing = await proxy.lookupApplications({bundleIds: 'com.example.none'});

const house = await services.startHouseArrestService(udid);
const container = await house.vendContainer(bundleId);
const handle = await container.openFile('/Documents/note', 3);
await container.writeFile(handle, Buffer.from('hello'));
await container.closeFileHandle(handle);
const reading = await container.createReadStream('/Documents/note', {autoDestroy: true});
const chunks = [];
for await (const chunk of reading) {
  chunks.push(chunk);
}
told.read = Buffer.concat(chunks).toString();
told.size = (await container.getFileInfo('/Documents/note')).size;
container.close();

const mounter = await services.startImageMounterService(udid);
told.image = await mounter.isDeveloperImageMounted().catch(({message}) => message);
await proxy.uninstallApplication(bundleId);
told.after = Object.keys(await proxy.listApplications({applicationType: 'User'}));
told.log = lines.filter((line) => line.includes('installd'));
console.log(JSON.stringify(told));
process.exit(0);
