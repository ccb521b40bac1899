// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {ConductHandler} from "./ConductHandler.sol";
import {HostileToken} from "./HostileToken.sol";
import {Test} from "./Test.sol";

/// @dev What holds after every step of a conduct whose members may do anything.
contract ConductInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    ConductHandler private handler;
    IConduct private conduct;
    HostileToken private token;

    function setUp() public {
        handler = new ConductHandler();
        conduct = handler.theConduct();
        token = handler.theToken();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), new bytes4[](1));
        targets[0].selectors[0] = handler.act.selector;
    }

    /// @dev The contract holds bonds, the pot and what is set aside, to the unit, and every account has exactly what the
    /// rules gave it. A person has as many offences as there is evidence against it, and an honest one none.
    /// forge-config: default.invariant.runs = 2
    /// forge-config: default.invariant.depth = 350
    /// forge-config: default.invariant.shrink-run-limit = 20
    function invariant_everyUnit_isWhereItBelongs() public view {
        vm.assertEq(handler.disagreements(), 0, "against the rules");
        vm.assertEq(conduct.pot(), handler.pot(), "pot");
        uint256 held = handler.pot();
        for (uint256 i = 0; i < handler.numberOfAccounts(); ++i) {
            address account = handler.accounts(i);
            IConduct.Member memory m = conduct.memberOf(account);
            vm.assertEq(m.bond, handler.bonds(account), "bond");
            vm.assertEq(conduct.setAside(account), handler.aside(account), "set aside");
            vm.assertEq(token.balanceOf(account), handler.wallet(account), "wallet");
            held += m.bond + handler.aside(account);
            uint256 offences = handler.offencesOf(handler.subjects(account));
            vm.assertEq(m.offences, offences, "offences");
            vm.assertTrue((offences == 0) == (m.lockedUntil == 0), "each lock has its offence");
            vm.assertTrue(!handler.honest(account) || conduct.isAllowed(account), "an honest one is not locked");
        }
        vm.assertEq(token.balanceOf(address(conduct)), held, "everything held");
    }

    /// @dev From wherever conduct is, time alone lets everybody leave with its money; the pot stays, less the pay of the
    /// epoch that was still to be settled.
    /// forge-config: default.invariant.runs = 2
    /// forge-config: default.invariant.depth = 350
    /// forge-config: default.invariant.shrink-run-limit = 20
    function invariant_everybody_canLeave() public {
        uint256 state = vm.snapshotState();
        uint64 epoch = handler.current();
        IConduct.Epoch memory e = conduct.epochOf(epoch);
        if (e.bookkeeper != address(0) && e.state != IConduct.EpochState.Settled) _end(epoch, e.demands);
        for (uint256 i = 0; i < handler.numberOfAccounts(); ++i) {
            address account = handler.accounts(i);
            if (!conduct.memberOf(account).active) continue;
            vm.prank(account);
            conduct.resign();
        }
        vm.warp(block.timestamp + conduct.rules().keeping + 1);
        for (uint256 i = 0; i < handler.numberOfAccounts(); ++i) {
            _leave(handler.accounts(i));
        }
        vm.assertEq(token.balanceOf(address(conduct)), conduct.pot(), "the pot alone");
        vm.assertTrue(vm.revertToState(state), "state restored");
    }

    /// @dev A run that has not seen all of this has proved too little.
    function afterInvariant() public view {
        for (uint256 i = 0; i < 10; ++i) {
            _seen(handler.offences(i), "an offence", i);
        }
        for (uint256 i = 0; i < 6; ++i) {
            _seen(handler.refutations(i), "a fault", i);
        }
        for (uint256 i = 0; i < 5; ++i) {
            _seen(handler.falseAccusations(i), "a false accusation", i);
        }
        vm.assertTrue(handler.settlements() > 2, "hardly a settlement");
        vm.assertTrue(handler.undetected() > 0, "no fault that nobody proved");
        vm.assertTrue(handler.replacements() > 0, "no post that replaced");
        vm.assertTrue(handler.latePosts() > 0, "no late post");
        vm.assertTrue(handler.shown() > 0, "nothing shown");
        vm.assertTrue(handler.attacks() > 0, "no attack on a right batch");
        vm.assertTrue(handler.replays() > 0, "no replay");
        vm.assertTrue(handler.secondAccounts() > 0, "no second account");
        vm.assertTrue(handler.resignations() > 0, "no resignation");
        vm.assertTrue(handler.lockedForEver() > 0, "nobody locked for ever");
        vm.assertTrue(handler.bondsTaken() > 0, "no bond taken");
        vm.assertTrue(handler.withdrawals() > 0, "no withdrawal");
    }

    function _seen(uint256 count, string memory what, uint256 which) private pure {
        vm.assertTrue(
            count > 0, string.concat("not seen: ", what, " ", string(abi.encodePacked(bytes1(uint8(48 + which)))))
        );
    }

    /// @dev By silence, where something is demanded; by settlement else.
    function _end(uint64 epoch, uint256 demands) private {
        uint256 pot = conduct.pot();
        vm.warp(conduct.epochOf(epoch).deadline + 2 days);
        if (demands != 0) {
            (address account, uint256 index) = (handler.accounts(0), handler.open(0));
            vm.prank(account);
            conduct.refuteSilence(epoch, index);
            return;
        }
        conduct.settle(epoch);
        vm.assertTrue(conduct.pot() < pot, "each settlement lowers the pot");
    }

    function _leave(address account) private {
        uint256 bond = conduct.memberOf(account).bond;
        if (bond != 0) {
            vm.prank(account);
            conduct.takeBond(uint128(bond), account);
        }
        if (conduct.setAside(account) == 0) return;
        vm.prank(account);
        conduct.withdraw(account);
    }
}
